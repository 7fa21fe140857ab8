package arm

// Parameters is a parameter file: the values that a deployment gives to a template. They are never
// evaluated, so data stands in them as it is, without Literal.
type Parameters struct {
	Values []ParameterValue
}

// ParameterValue is one entry of a parameter file: a value, or the place of a secret.
type ParameterValue struct {
	Name     string
	Value    any // as in Member; read only when KeyVault is nil
	KeyVault *KeyVaultReference
}

// KeyVaultReference names a secret. The vault must be enabled for template deployment.
type KeyVaultReference struct {
	VaultID       string // the resource id of the vault
	SecretName    string
	SecretVersion string // empty: the newest
}

func (p *Parameters) emit(e emitter) {
	e.open('{')
	e.text("$schema", SchemaParameters)
	e.text("contentVersion", ContentVersion)
	e.key("parameters")
	e.open('{')
	for i := range p.Values {
		p.Values[i].emit(e)
	}
	e.close('}')
	e.close('}')
}

func (v *ParameterValue) emit(e emitter) {
	e.key(v.Name)
	e.open('{')
	if v.KeyVault == nil {
		e.member(Member{"value", v.Value})
	} else {
		e.key("reference")
		v.KeyVault.emit(e)
	}
	e.close('}')
}

func (k *KeyVaultReference) emit(e emitter) {
	e.open('{')
	e.ref("keyVault", k.VaultID)
	e.text("secretName", k.SecretName)
	e.textIf("secretVersion", k.SecretVersion)
	e.close('}')
}
