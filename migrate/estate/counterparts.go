package estate

import "github.com/netmigrate/netmigrate/netcfg/diag"

// Counterparts tells which object of one network is which of another, for all objects and for VNets alone, and what
// was lost between the two. Each network is given as its files say and as it is compared: so, or in its ARM form.
//
// VNets are matched by their names as written, other objects by those that they have now. Of a classic network
// beside the ARM form of one, objects are what ToARM made of them, which may be several; of classic files beside a
// listing, they are what Became finds.
func Counterparts(written, as [2]*Estate) (objects, vnets []Mapping, lost diag.List) {
	if !written[0].IsARM() && written[1].IsARM() {
		objects, _ = Became(as[0], as[1])
		_, lost = Became(written[0], written[1]) // in the words of the files, whatever is compared
		return objects, objects, lost
	}
	made := [2]map[Key][]ID{as[0].made(), as[1].made()}
	for _, m := range AlikeVNets(written[0], written[1]) {
		vnets = append(vnets, Mapping{From: now(made[0], m.From), To: now(made[1], m.To)})
	}
	if written[0].IsARM() || len(made[0]) > 0 || len(made[1]) == 0 {
		return Alike(as[0], as[1]), vnets, nil
	}
	for _, m := range Alike(written[0], written[1]) {
		for _, to := range made[1][m.To.Key()] {
			objects = append(objects, Mapping{From: m.From, To: to})
		}
	}
	return objects, vnets, nil
}

// made is what ToARM made of each classic object; empty for an estate that it did not make.
func (e *Estate) made() map[Key][]ID {
	made := map[Key][]ID{}
	for _, m := range e.Mapping {
		made[m.From.Key()] = append(made[m.From.Key()], m.To)
	}
	return made
}

// now is the ID of an object after ToARM, if that made it.
func now(made map[Key][]ID, id ID) ID {
	if to := made[id.Key()]; len(to) > 0 {
		return to[0]
	}
	return id
}
