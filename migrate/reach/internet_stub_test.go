package reach_test

import "github.com/netmigrate/netmigrate/migrate/reach"

// internet is the kind of the Internet.
const internet = reach.Internet
