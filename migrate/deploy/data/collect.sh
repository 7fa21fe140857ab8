#!/usr/bin/env bash
# Lists the networks of Azure subscriptions into a folder that netmigrate reads.
#
# It changes nothing in Azure: it asks az which subscriptions the login sees, and Resource Manager by GET
# alone. The role Reader on each subscription is enough; the actions that it uses are
#   Microsoft.Network/TYPE/read of each type below
#   Microsoft.Resources/subscriptions/providers/read
#   Microsoft.Resources/subscriptions/resources/read
#   Microsoft.Resources/subscriptions/resourceGroups/read
# Keys need other actions, such as Microsoft.Network/connections/sharedKey/action, and are not asked for.
# Each query names what is kept; no key is among it.
#
# It needs bash 3.2 or newer, and az after "az login". The folder appears when all is listed, or not at all.
set -euo pipefail
set -f                    # no name is a pattern
export MSYS_NO_PATHCONV=1 # Git Bash would take a URL for a path

folder={{quote .Folder}}
id='' groups='' met='' registered=''

say() { printf 'collect: %s\n' "$1" >&2; }
stop() {
	say "$1"
	exit 1
}

# get URL QUERY: what the query makes of an answer, in lines of text
get() {
	local answer try
	for try in 1 2 3; do
		[ "$try" = 1 ] || sleep "$((5 * try))"
		if answer=$(az rest --method get --url "$1" --query "$2" --output tsv); then
			printf '%s\n' "$answer" | tr -d '\r'
			return
		fi
	done
	say "no answer from $1"
	return 1
}

# list URL TEXTS: the texts that an expression makes of the resources of all pages, joined by commas
list() {
	local url=$1 all='' answer next texts end
	while [ -n "$url" ]; do
		answer=$(get "$url" "[nextLink || '', join(',', $2), 'end']") || return 1
		next='' texts='' end=''
		{ IFS= read -r next && IFS= read -r texts && IFS= read -r end; } <<<"$answer" || :
		if [ "$end" != end ]; then
			say "the answer from $url is no list"
			return 1
		fi
		[ -z "$texts" ] || all=${all:+$all,}$texts
		url=$next
	done
	printf '%s\n' "$all"
}

# lists PARENTS TYPE TEXTS: the same for the resources of a type in each of the parents
lists() {
	local parent all='' texts IFS=,
	for parent in $1; do
		texts=$(list "$parent/$2?api-version={{.Version}}" "$3") || return 1
		[ -z "$texts" ] || all=${all:+$all,}$texts
	done
	printf '%s\n' "$all"
}

# scopes HOW TYPE: what the resources of a type are listed of, the subscription or resource groups
scopes() {
	local ids
{{- if .Groups}}
	printf '%s\n' "$groups"
{{- else}}
	if [ "$1" = subscription ]; then
		printf '%s\n' "/subscriptions/$id"
		return
	fi
	ids=$(list "/subscriptions/$id/resources?api-version={{.GroupsVersion}}&\$filter=resourceType%20eq%20'Microsoft.Network/$2'" 'value[*].id') || return 1
	printf '%s\n' "$ids" | tr ',' '\n' | cut -d/ -f1-5 | LC_ALL=C sort -fu | paste -sd, -
{{- end}}
}

# collect FILE HOW QUERY TYPE [CHILD TYPE…]: writes the resources of a type. HOW is whether a subscription
# or a resource group lists them, or a group does and leaves members out, so that each is read by itself.
collect() {
	local file=$1 how=$2 query=$3 in type item text all='' IFS=,
	shift 3
	say "$id $file"
	if [ "$registered" != NotRegistered ] && [ "$registered" != Unregistered ]; then
		in=$(scopes "$how" "$1") || exit 1
		type=providers/Microsoft.Network/$1
		shift
		while [ $# -gt 0 ]; do
			in=$(lists "$in" "$type" 'value[*].id') || exit 1
			type=$1
			shift
		done
		if [ "$how" = each ]; then
			in=$(lists "$in" "$type" 'value[*].id') || exit 1
			for item in $in; do
				text=$(get "$item?api-version={{.Version}}" "to_string($query)") || exit 1
				all=${all:+$all,}$text
			done
		else
			all=$(lists "$in" "$type" "map(&to_string(@), value[*].$query)") || exit 1
		fi
	fi
	printf '{"value":[%s]}\n' "$all" >"$work/$id/$file"
}

# subscription ID: writes the folder of a subscription
subscription() {
	local taken account all group name IFS=,
	id=$1
	case $id in
	'' | *[!0-9a-fA-F-]*) stop "az named a subscription by what is no id" ;;
	esac
	taken=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	account=$(az account show --subscription="$id" --query 'to_string({id:id,name:name,tenantId:tenantId,homeTenantId:homeTenantId,cloud:environmentName})' --output tsv | tr -d '\r') || exit 1
	# Without the provider a subscription has no network, and may refuse to list any.
	registered=$(get "/subscriptions/$id/providers/Microsoft.Network?api-version={{.GroupsVersion}}" registrationState) || exit 1
{{- if .Groups}}
	groups=''
	all=$(list "/subscriptions/$id/resourcegroups?api-version={{.GroupsVersion}}" 'value[*].id') || exit 1
	shopt -s nocasematch
	for group in $all; do
		for name in{{range .Groups}} {{quote .}}{{end}}; do
			if [[ ${group##*/} == "$name" ]]; then
				groups=${groups:+$groups,}$group
				met=$met/$name/
			fi
		done
	done
	shopt -u nocasematch
{{- end}}
	mkdir "$work/$id"
{{- range .Listings}}
	collect {{quote .File}} {{if .Each}}each{{else if .PerGroup}}group{{else}}subscription{{end}} {{quote .Query}}{{range .Segments}} {{.}}{{end}}
{{- end}}
	printf '{"format":"{{.Format}}","taken":"%s","tool":%s,"apiVersion":"{{.Version}}","subscription":%s,"groups":%s,"types":%s}\n' \
		"$taken" {{quote (.JSON .Tool)}} "$account" {{quote (.JSON .Groups)}} {{quote (.JSON .Types)}} >"$work/$id/listing.json"
}

command -v az >/dev/null || stop 'az is not installed'
if [ -e "$folder" ] || [ -L "$folder" ]; then
	stop "$folder exists; move it away, or choose another with --folder"
fi
{{if .Subscriptions -}}
ids=''
for name in{{range .Subscriptions}} {{quote .}}{{end}}; do
	found=$(az account show --subscription="$name" --query id --output tsv | tr -d '\r') || stop "the login sees no subscription $name"
	ids="$ids $found"
done
{{- else -}}
ids=$(az account list --query '[].id' --output tsv | tr -d '\r') || stop 'az names no subscriptions; is it logged in?'
[ -n "$ids" ] || stop 'the login sees no subscription'
{{- end}}

work=$(mktemp -d "$folder.XXXXXX") || stop "no folder can be made beside $folder"
trap 'rm -rf -- "$work"; say "nothing was kept"' EXIT
trap 'exit 1' HUP INT TERM
for one in $(printf '%s\n' $ids | LC_ALL=C sort -fu); do
	subscription "$one"
done
{{- if .Groups}}
shopt -s nocasematch
for name in{{range .Groups}} {{quote .}}{{end}}; do
	[[ $met == *"/$name/"* ]] || stop "none of the subscriptions has a resource group $name"
done
{{- end}}
mv -- "$work" "$folder"
trap - EXIT
say "wrote $folder"
