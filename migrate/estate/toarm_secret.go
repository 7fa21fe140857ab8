package estate

// secrets gives both halves of a tunnel the one secret that holds their key.
func (m *migration) secrets() {
	for i := range m.ends {
		e := &m.ends[i]
		if e.made < 0 || e.partner == nil || e.partner.made < e.made {
			continue
		}
		here, there := &m.to.Connections[e.made], &m.to.Connections[e.partner.made]
		switch a, b := here.Vault.Value, there.Vault.Value; {
		case a == b:
		case a == "":
			here.Vault.Value = b
		case b == "":
			there.Vault.Value = a
		default:
			m.found.Add("ARM-023", m.at(e.Refs), "the ends of the tunnel of %q with %q name the secrets %q and %q; %q is used for both", e.vnet.Name, e.partner.vnet.Name, a, b, a)
			there.Vault.Value = a
		}
	}
}
