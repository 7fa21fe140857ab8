package diag

// catalogue is every rule, ordered by id. Ids are never reused and never renumbered.
var catalogue = []Rule{}
