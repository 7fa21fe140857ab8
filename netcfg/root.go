package netcfg

import (
	"slices"
	"strings"
)

// Namespace is the namespace of every network configuration; no other generation of it is known.
// Source: docs/sources.md#netcfg-schema
const Namespace = "http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration"

const rootName = "NetworkConfiguration"

// checkRoot reports whether the root belongs to a network configuration, and notes a namespace
// that is accepted although it is not spelled right.
func (n *notes) checkRoot(local, namespace string, at, namespaceAt place, spoilt bool) bool {
	if local != rootName {
		f := n.fail("XML-002", at, "the root element is <%v> in %s, not <%s>", named(local), inWords(namespace), rootName)
		f.Hint = guess(local, namespace)
		return false
	}
	switch {
	case namespace == Namespace, namespace == "" && spoilt: // the declaration may be in the part that is broken
	case namespace == "":
		n.add("XML-003", at, "<%s> has no namespace; it is read as if it had the right one", rootName)
	case folded(namespace) == folded(Namespace):
		n.add("XML-003", namespaceAt, "namespace %v has %s", quoted(namespace), damage(namespace))
	default:
		f := n.fail("XML-004", namespaceAt, "<%s> is in the foreign namespace %v", rootName, quoted(namespace))
		if strings.HasPrefix(folded(namespace), "http://schemas.microsoft.com/servicehosting/") {
			f.Hint = "only the generation 2011/07 of this namespace is known; if the file is a network configuration, write " + Namespace
		}
		return false
	}
	return true
}

// folded is a namespace without the damage that hand-kept files show: https, white space of a
// broken line, other letter case.
func folded(namespace string) string {
	s := strings.ToLower(strings.Join(strings.Fields(namespace), ""))
	if rest, ok := strings.CutPrefix(s, "https://"); ok {
		return "http://" + rest
	}
	return s
}

// damage says what is wrong with a misspelt namespace.
func damage(namespace string) string {
	var what []string
	joined := strings.Join(strings.Fields(namespace), "")
	if joined != namespace {
		what = append(what, "white space in it")
	}
	if len(joined) > len(Namespace) {
		what = append(what, "https in place of http")
		joined = joined[:4] + joined[5:]
	}
	if joined != Namespace {
		what = append(what, "other letter case")
	}
	return strings.Join(what, " and ")
}

func inWords(namespace string) string {
	if namespace == "" {
		return "no namespace"
	}
	return "namespace " + quoted(namespace).String()
}

// guess says what a document with another root seems to be, and what to do.
func guess(local, namespace string) string {
	const only = "; this version reads network configurations only: pass the file that Get-AzureVNetConfig -ExportToFile wrote"
	switch {
	case slices.Contains(inside, local), folded(namespace) == folded(Namespace):
		return "the document seems to be a piece of a network configuration; put it inside <NetworkConfiguration> with its containers"
	case isResponseRoot(local, namespace):
		return "the document seems to be a response of the classic Service Management API" + only
	case strings.HasPrefix(folded(namespace), folded(serviceNamespace)) || slices.Contains(otherRoots, local):
		return "the document seems to be a response of the classic Service Management API that says nothing of networks; leave it out"
	case strings.HasPrefix(folded(namespace), "http://schemas.microsoft.com/servicehosting/") || local == "ServiceDefinition" || local == "ServiceConfiguration":
		return "the document seems to be a cloud service definition or configuration" + only
	case similar(local, rootName):
		return "write the root element as <" + rootName + ">"
	case strings.EqualFold(local, "html"):
		return "the document seems to be a web page, perhaps a saved error or sign-in page" + only
	}
	return "pass the file that Get-AzureVNetConfig -ExportToFile wrote; its root element is <" + rootName + ">"
}

// inside are the elements of the schema that people keep apart, and that no response has as root.
var inside = []string{
	"VirtualNetworkConfiguration", "Dns", "DnsServers", "LocalNetworkSites", "LocalNetworkSite", "VirtualNetworkSite",
}
