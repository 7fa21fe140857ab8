package azure

import "strings"

// What the classic service did where nothing was set on a connection: lifetimes in seconds and
// kilobytes. Zero and an empty word also mean these. Source: docs/sources.md#ipsec.
const (
	ClassicSALifetimeSeconds = "3600"
	ClassicSAKilobytes       = "102400000"
	ClassicSAIntegrity       = "SHA1"
	ClassicSAEncryption      = "AES256" // the first proposal of a classic gateway
	ClassicPFS               = "None"
)

// The first phase of a classic gateway, which nobody could set and no answer of the service holds.
// Source: docs/sources.md#ipsec.
const (
	ClassicIKEEncryption = "AES256"
	ClassicIKEIntegrity  = "SHA1"
	ClassicDHGroup       = "DHGroup2"
)

// The least that a policy of a connection may say. Source: docs/sources.md#ipsec.
const (
	MinSALifetimeSeconds = 300
	MinSAKilobytes       = 1024
)

// ipsecWords are the values of a classic policy that Resource Manager knows by the same word.
var ipsecWords = map[string][]string{
	"encryption": {"DES", "DES3", "AES128", "AES192", "AES256"},
	"integrity":  {"MD5", "SHA1", "SHA256"},
	"pfs":        {"None", "PFS1", "PFS2", "PFS2048", "ECP256", "ECP384", "PFS24"},
}

// ClassicPFSGroups are the groups that the classic service let one set. Source: docs/sources.md#ipsec.
var ClassicPFSGroups = []string{"None", "PFS1"}

// IPsecEncryption finds the word for an encryption of the second phase, whatever the letter case.
func IPsecEncryption(word string) (string, bool) { return ipsecWord("encryption", word) }

// IPsecIntegrity finds the word for an integrity algorithm of the second phase.
func IPsecIntegrity(word string) (string, bool) { return ipsecWord("integrity", word) }

// PFSGroup finds the word for a group of perfect forward secrecy.
func PFSGroup(word string) (string, bool) { return ipsecWord("pfs", word) }

func ipsecWord(of, word string) (string, bool) {
	for _, w := range ipsecWords[of] {
		if strings.EqualFold(w, word) {
			return w, true
		}
	}
	return "", false
}
