package deploy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// kind is what people and the two tools call a type of object.
type kind struct {
	word string
	az   string // the group of its commands
	noun string // of its cmdlets
	name string // what these call its name, where it is not Name
}

// called is the parameter for its name.
func (k kind) called() string { return cmp.Or(k.name, "Name") }

var kinds = map[string]kind{
	estate.TypeVNet:           {word: "VNet", az: "network vnet", noun: "VirtualNetwork"},
	estate.TypePeering:        {word: "peering", az: "network vnet peering", noun: "VirtualNetworkPeering"},
	estate.TypeNSG:            {word: "network security group", az: "network nsg", noun: "NetworkSecurityGroup"},
	estate.TypeRouteTable:     {word: "route table", az: "network route-table", noun: "RouteTable"},
	estate.TypePublicIP:       {word: "public address", az: "network public-ip", noun: "PublicIpAddress"},
	estate.TypeSite:           {word: "local network gateway", az: "network local-gateway", noun: "LocalNetworkGateway"},
	estate.TypeGateway:        {word: "gateway", az: "network vnet-gateway", noun: "VirtualNetworkGateway"},
	estate.TypeConnection:     {word: "connection", az: "network vpn-connection", noun: "VirtualNetworkGatewayConnection"},
	estate.TypeFirewall:       {word: "firewall", az: "network firewall", noun: "Firewall"},
	estate.TypeLoadBalancer:   {word: "load balancer", az: "network lb", noun: "LoadBalancer"},
	estate.TypeRouteServer:    {word: "Route Server", az: "network routeserver", noun: "RouteServer", name: "RouteServerName"},
	estate.TypeNetworkManager: {word: "network manager", az: "network manager", noun: "NetworkManager"},
	typePolicy:                {word: "firewall policy", az: "network firewall policy", noun: "FirewallPolicy"},
}

// called names an object for people.
func called(id estate.ID) string {
	word := kinds[id.Type].word
	switch {
	case id.Child != "":
		return fmt.Sprintf("%s %s of %s", word, id.Child, id.Name)
	case word == "":
		return id.String()
	}
	return word + " " + id.Name
}

// create is a command that makes an object. Where there is one already, or nobody can tell, either shell says so and
// makes nothing: it may be somebody else's, and both tools would write over it. posix makes it with all that belongs to
// it; ps is a cmdlet without the name, which then puts what it made through the pipeline show.
func (w *bookWriter) create(id estate.ID, posix string, ps *line, show, note string, args ...any) Command {
	count, listed, name := w.likeIt(id)
	if posix != "" {
		stop := diag.Plain("STOP: " + called(id) + " is there already, or nobody could tell: nothing was made")
		posix = `if [ "$(` + count + `)" = 0 ]; then` + "\n" + posix + "\nelse echo " + quoteBash(stop) + " >&2; false; fi"
	}
	ps.words = append([]string{ps.words[0], "-" + kinds[id.Type].called() + " (Absent " + name.powershell() + " " + listed + ")"}, ps.words[1:]...)
	return w.command(posix, ps.String()+" |\n  "+show, note, args...)
}

// likeIt are the objects of the type and the place of one, in which nothing else has its name: for a POSIX shell how
// many have it, and for PowerShell all of them.
func (w *bookWriter) likeIt(id estate.ID) (count, listed string, name value) {
	if id.Type == estate.TypePeering {
		name = w.name(id.Child)
		query := "length([?name=='" + strings.ReplaceAll(id.Child, "'", `\'`) + "'])"
		word := quoteBash(query)
		if name.plain() {
			word = `"` + query + `"`
		}
		az := w.az("network vnet peering list", id).named("vnet-name", id.Name).add("--query="+word, "--output=tsv")
		return strings.Join(az.words, " "), w.ps("Get-AzVirtualNetworkPeering", id).named("VirtualNetworkName", id.Name).add("-ErrorAction Stop").wrapped(), name
	}
	typ, _ := armType(id)
	az := w.az("resource list", id).named("name", id.Name).add("--resource-type="+typ, "--query='length(@)'", "--output=tsv")
	return strings.Join(az.words, " "), w.ps("Get-AzResource", id).add("-ResourceType "+typ, "-ErrorAction Stop").wrapped(), w.name(id.Name)
}

// put is what makes a resource with az from the body that a template has, and waits for it. The commands that az has
// for the type would make it piece by piece.
func (w *bookWriter) put(id estate.ID, region *estate.Region, size *arm.SKU, properties arm.Properties) string {
	at := w.resourceID(id)
	return w.request("put", versioned(at), w.body(id, region, size, properties)) + " &&\naz resource wait --created --api-version=" + arm.APIVersion + " --ids=" + at.posix()
}

// body is what is put of a resource: the body that a template has.
func (w *bookWriter) body(id estate.ID, region *estate.Region, size *arm.SKU, properties arm.Properties) value {
	body := literal("{")
	if region != nil {
		body = append(literal(`{"location":`), jsonText(w.region(*region))...).then(",")
	}
	if size != nil {
		body = body.then(`"sku":{"name":"` + size.Name + `","tier":"` + size.Tier + `"},`)
	}
	return append(body, unmarked(`"properties":`+w.properties(id, properties)+"}")...)
}

// versioned is where Resource Manager is asked about a resource.
func versioned(at value) value { return at.then("?api-version=" + arm.APIVersion) }

// request asks Resource Manager directly. It prints nothing unless what it prints is said.
func (w *bookWriter) request(method string, url, body value, prints ...string) string {
	l := &line{w: w, shell: Bash, words: []string{"az rest --method=" + method, "--url=" + url.posix()}}
	if len(prints) == 0 {
		prints = []string{"--output=none"}
	}
	l.add(prints...)
	if body != nil {
		l.add("--body=" + body.posix())
	}
	return l.String()
}

// properties is a body on one line.
func (w *bookWriter) properties(id estate.ID, p arm.Properties) string {
	text, err := arm.EncodeResource(&arm.Resource{Properties: p})
	var resource struct {
		Properties json.RawMessage `json:"properties"`
	}
	if err == nil {
		err = json.Unmarshal(text, &resource)
	}
	if err != nil {
		w.faulty(id.Name, err.Error())
		return "{}"
	}
	var out strings.Builder
	for line := range strings.Lines(string(resource.Properties)) {
		out.WriteString(strings.TrimSpace(line)) // a text has no line of its own
	}
	return out.String()
}

// remove is the command that deletes an object.
func (w *bookWriter) remove(id estate.ID) Command {
	k, known := kinds[id.Type]
	if !known {
		return people("%s: a person takes it away", id)
	}
	az, ps := w.az(k.az+" delete", id), w.ps("Remove-Az"+k.noun, id)
	note := called(id)
	switch {
	case id.Type == estate.TypePeering:
		az.named("vnet-name", id.Name).named("name", id.Child)
		ps.named("VirtualNetworkName", id.Name).named("Name", id.Child)
		note = "the half of " + id.Name
	case id.Type == typePolicy:
		note += ", with its rules"
		fallthrough
	default:
		if id.Type == estate.TypeRouteServer { // it asks, as no other does
			az.add("--yes")
		}
		az.named("name", id.Name)
		ps.named(k.called(), id.Name)
	}
	return w.command(az.String(), ps.add("-Force").String(), "%s", note)
}

// gone shows that a resource is not there any more, in no resource group.
func (w *bookWriter) gone(id estate.ID) Command {
	typ, _ := armType(id)
	az := w.azIn("resource list", id).named("name", id.Name).opt("resource-type", literal(typ)).add("--query='[].id'", "--output=tsv")
	ps := w.psIn("Get-AzResource", id).named("Name", id.Name).opt("ResourceType", literal(typ)).String() + " | Select-Object ResourceId"
	return w.command(az.String(), ps, "%s is not listed: nothing is printed", called(id))
}
