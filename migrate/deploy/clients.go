package deploy

import (
	"crypto/sha1" // thumbprints are SHA-1; nothing is protected by it
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// clients writes point-to-site. Classic clients used SSTP, which new gateways no longer offer; every
// client gets a new profile in any case. Source: docs/sources.md#point-to-site.
func (r *renderer) clients(g *estate.Gateway) *arm.VPNClientConfiguration {
	if len(g.ClientPools) == 0 {
		return nil
	}
	return &arm.VPNClientConfiguration{
		AddressPrefixes: prefixes(g.ClientPools), Protocols: []string{"OpenVPN", "IkeV2"}, AuthenticationTypes: []string{"Certificate"},
		RootCertificates: r.rootCertificates(g),
	}
}

// rootCertificates are the certificates that a gateway trusts. One whose data is not supplied, or is
// not a certificate, is asked for by a parameter; when none is known at all, one is asked for.
func (r *renderer) rootCertificates(g *estate.Gateway) []arm.RootCertificate {
	if len(g.Certificates) == 0 {
		data, name, _ := r.parameter("certificate "+g.ID.Key().String(), "p2sRootCertificate_"+g.VNet.Name, arm.Parameter{
			Type: arm.ParamString, Description: "Public data of the root certificate of the point-to-site clients of " + g.VNet.Name + ": base64, without header and line breaks."})
		r.found.Add("ARM-012", r.at(g.ClientPools[0].Refs), "the root certificate of the clients of VNet %q is not in the input; parameter %q asks for it", g.VNet.Name, name)
		return []arm.RootCertificate{{Name: "root", PublicCertData: data}}
	}
	var out []arm.RootCertificate
	names := azure.NewNamer()
	for i := range g.Certificates {
		c := &g.Certificates[i]
		if c.AppService() {
			r.found.Add("P2S-005", r.at(c.Refs), "root certificate %q of VNet %q belongs to an App Service that is joined by point-to-site; it is not carried on", c.Subject.Value, g.VNet.Name)
			continue
		}
		name := names.Unique("vpnClientRootCertificates", azure.LegalName("vpnClientRootCertificates", certificateName(c)))
		out = append(out, arm.RootCertificate{Name: name, PublicCertData: r.certificateData(g, c, name)})
	}
	return out
}

// certificateName is what a person calls a certificate by: its common name, or its thumbprint.
func certificateName(c *estate.Certificate) string {
	for part := range strings.SplitSeq(c.Subject.Value, ",") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(part), "CN="); ok && name != "" {
			return name
		}
	}
	if c.Thumbprint.Known() {
		return c.Thumbprint.Value
	}
	return "root"
}

// certificateData is the data of a certificate, or the parameter that asks for it.
func (r *renderer) certificateData(g *estate.Gateway, c *estate.Certificate, name string) string {
	if certificateFault(c) == "" && c.Data.Known() {
		return arm.Literal(c.Data.Value)
	}
	data, parameter, _ := r.parameter("certificate "+g.ID.Key().String()+" "+name, "p2sRootCertificate_"+g.VNet.Name+"_"+name, arm.Parameter{
		Type: arm.ParamString, Description: "Public data of the root certificate " + name + " of the point-to-site clients of " + g.VNet.Name + ": base64, without header and line breaks."})
	if why := certificateFault(c); why != "" {
		r.found.Add("ARM-024", r.at(c.Refs), "the data of root certificate %q of VNet %q %s; parameter %q asks for it", name, g.VNet.Name, why, parameter)
	} else {
		r.found.Add("ARM-012", r.at(c.Refs), "the data of root certificate %q of the clients of VNet %q is not in the input; parameter %q asks for it", name, g.VNet.Name, parameter)
	}
	return data
}

// certificateFault says what is wrong with the data of a certificate, or nothing. No data is no
// fault.
func certificateFault(c *estate.Certificate) string {
	if !c.Data.Known() {
		return ""
	}
	der, err := base64.StdEncoding.Strict().DecodeString(c.Data.Value)
	if err != nil {
		return "is not base64"
	}
	if _, err := x509.ParseCertificate(der); err != nil {
		return "is not a certificate"
	}
	sum := sha1.Sum(der)
	if c.Thumbprint.Known() && !strings.EqualFold(hex.EncodeToString(sum[:]), c.Thumbprint.Value) {
		return "has another thumbprint than the service gave"
	}
	return ""
}
