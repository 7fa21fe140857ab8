#Requires -Version 7.0
#Requires -Modules Az.Accounts
# Lists the networks of Azure subscriptions into a folder that netmigrate reads.
#
# It changes nothing in Azure: it asks Az which subscriptions the login sees, and Resource Manager by GET
# alone. The role Reader on each subscription is enough; the actions that it uses are
#   Microsoft.Network/TYPE/read of each type below
#   Microsoft.Resources/subscriptions/providers/read
#   Microsoft.Resources/subscriptions/resources/read
#   Microsoft.Resources/subscriptions/resourceGroups/read
# Keys need other actions, such as Microsoft.Network/connections/sharedKey/action, and are not asked for.
# What is kept of an answer is named; no key is among it.
#
# It needs PowerShell 7 or newer, and Az.Accounts after Connect-AzAccount. The folder appears when all is
# listed, or not at all.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath({{quote .Folder}})
$wantedSubscriptions = @({{range $i, $s := .Subscriptions}}{{if $i}}, {{end}}{{quote $s}}{{end}})
$wantedGroups = @({{range $i, $g := .Groups}}{{if $i}}, {{end}}{{quote $g}}{{end}})
$types = @(
{{- range .Listings}}
    @{ Type = '{{.Type}}'; File = '{{.File}}'; PerGroup = ${{.PerGroup}}; Each = ${{.Each}}; Keep = {{.Table}} }
{{- end}}
)

# Get-Answer is an answer of Resource Manager to a GET.
function Get-Answer([string] $path) {
    foreach ($try in 1..3) {
        if ($try -gt 1) { Start-Sleep -Seconds (5 * $try) }
        $answer = Invoke-AzRestMethod -Method GET -Path $path
        if ($answer.StatusCode -eq 200) {
            return ConvertFrom-Json -InputObject $answer.Content -AsHashtable -Depth 100
        }
    }
    throw "no answer from ${path}: status $($answer.StatusCode)"
}

# Get-Resources are the resources of all pages of a list.
function Get-Resources([string] $path) {
    while ($path) {
        $page = Get-Answer $path
        if (-not $page.Contains('value')) { throw "the answer from $path is no list" }
        foreach ($resource in $page['value']) { $resource }
        $path = if ($page['nextLink']) { ([uri] $page['nextLink']).PathAndQuery } else { '' }
    }
}

# Select-Kept keeps of an answer what a table names. A name alone keeps no object.
function Select-Kept($value, $keep) {
    if ($value -is [System.Collections.IList]) {
        return , @(foreach ($one in $value) { Select-Kept $one $keep })
    }
    if ($value -isnot [System.Collections.IDictionary]) {
        if ($keep -is [hashtable]) { return $null }
        return $value
    }
    if ($keep -isnot [hashtable]) { return $null }
    $kept = [ordered]@{}
    foreach ($name in ($keep.Keys | Sort-Object)) {
        if ($value.Contains($name)) { $kept[$name] = Select-Kept $value[$name] $keep[$name] }
    }
    return $kept
}

# Get-Scopes is what the resources of a type are listed of: the subscription, or resource groups.
function Get-Scopes([string] $id, [string] $type, [bool] $perGroup, $groups) {
    if ($wantedGroups) { return $groups }
    if (-not $perGroup) { return "/subscriptions/$id" }
    $filter = [uri]::EscapeDataString("resourceType eq 'Microsoft.Network/$type'")
    Get-Resources "/subscriptions/$id/resources?api-version={{.GroupsVersion}}&`$filter=$filter" |
        ForEach-Object { ($_['id'] -split '/')[0..4] -join '/' } | Sort-Object -Unique
}

# Get-Kept is what is kept of all resources of a type.
function Get-Kept([string] $id, $type, $groups) {
    $segments = $type.Type -split '/'
    $parents = @(Get-Scopes $id $segments[0] $type.PerGroup $groups)
    $segments[0] = "providers/Microsoft.Network/$($segments[0])"
    foreach ($segment in $segments | Select-Object -SkipLast 1) {
        $parents = @(foreach ($parent in $parents) { Get-Resources "$parent/${segment}?api-version={{.Version}}" | ForEach-Object { $_['id'] } })
    }
    foreach ($parent in $parents) {
        foreach ($resource in Get-Resources "$parent/$($segments[-1])?api-version={{.Version}}") {
            if ($type.Each) { $resource = Get-Answer "$($resource['id'])?api-version={{.Version}}" }
            Select-Kept $resource $type.Keep
        }
    }
}

function Write-Json([string] $path, $value) {
    [System.IO.File]::WriteAllText($path, (ConvertTo-Json -InputObject $value -Depth 100 -Compress) + "`n")
}

if (Test-Path -LiteralPath $folder) { throw "$folder exists; move it away, or choose another with --folder" }
$seen = @(Get-AzSubscription | Where-Object { $_.State -eq 'Enabled' })
if ($wantedSubscriptions) {
    $chosen = @(foreach ($wanted in $wantedSubscriptions) {
            $found = @($seen | Where-Object { $_.Id -eq $wanted -or $_.Name -eq $wanted })
            if ($found.Count -ne 1) { throw "the login sees $($found.Count) subscriptions $wanted" }
            $found[0]
        })
} else {
    $chosen = $seen
}
if (-not $chosen) { throw 'the login sees no subscription' }

$before = Get-AzContext
$work = "$folder.$([guid]::NewGuid().ToString('N').Substring(0, 6))"
$null = [System.IO.Directory]::CreateDirectory($work)
$met = @()
try {
    foreach ($subscription in $chosen | Sort-Object -Property Id -Unique) {
        $id = $subscription.Id
        $taken = [DateTime]::UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [cultureinfo]::InvariantCulture)
        $context = Set-AzContext -SubscriptionId $id -TenantId $subscription.TenantId -Scope Process
        # Without the provider a subscription has no network, and may refuse to list any.
        $registered = (Get-Answer "/subscriptions/$id/providers/Microsoft.Network?api-version={{.GroupsVersion}}")['registrationState'] -notin 'NotRegistered', 'Unregistered'
        $groups = @()
        if ($wantedGroups) {
            $groups = @(Get-Resources "/subscriptions/$id/resourcegroups?api-version={{.GroupsVersion}}" | Where-Object { $_['name'] -in $wantedGroups } |
                    ForEach-Object { $met += $_['name']; $_['id'] })
        }
        $into = Join-Path $work $id
        $null = [System.IO.Directory]::CreateDirectory($into)
        foreach ($type in $types) {
            Write-Host "collect: $id $($type.File)"
            $value = @(if ($registered) { Get-Kept $id $type $groups })
            Write-Json (Join-Path $into $type.File) ([ordered]@{ value = $value })
        }
        Write-Json (Join-Path $into 'listing.json') ([ordered]@{
                format       = '{{.Format}}'
                taken        = $taken
                tool         = {{quote .Tool}}
                apiVersion   = '{{.Version}}'
                subscription = [ordered]@{
                    id = $id; name = $subscription.Name; tenantId = $subscription.TenantId
                    homeTenantId = $subscription | Select-Object -ExpandProperty HomeTenantId -ErrorAction Ignore; cloud = $context.Environment.Name
                }
                groups       = if ($wantedGroups) { , $wantedGroups } else { $null }
                types        = @($types | ForEach-Object { $_.Type })
            })
    }
    foreach ($wanted in $wantedGroups) {
        if ($wanted -notin $met) { throw "none of the subscriptions has a resource group $wanted" }
    }
    Move-Item -LiteralPath $work -Destination $folder
    Write-Host "collect: wrote $folder"
} finally {
    if (Test-Path -LiteralPath $work) { Remove-Item -LiteralPath $work -Recurse -Force }
    if ($before) { $null = Set-AzContext -Context $before -Scope Process }
}
