// Package netcfg reads and prints the classic network configuration: the NetworkConfiguration
// document that holds the DNS servers, local network sites and virtual networks of one subscription.
//
// [Parse] gives the document as written. Every element, attribute and text that is not white
// space is one leaf with a [diag.Ref], and stands in exactly one place of the [File]: in a field of
// its own, in Structure, or in Unknown. Nothing is resolved or corrected here; what the values mean
// is asked of package estate.
//
// # How a document is read
//
// One scan over the bytes comes first. It takes the position of every leaf, enforces the bounds
// below, refuses DTDs, and mends broken markup so that one run reports every problem of a file.
// Only then does xmlquery build a tree, from the same bytes or from the mended ones; the n-th start
// tag of the scan is the n-th element of the tree. A walk over the tree fills the File and reports
// what the schema does not allow. A document with broken markup is walked, too, but gives no File.
//
// # What is accepted
//
// The schema is the published one of 2013 with the later Location attribute and the earlier Label
// element. Names are opaque, order is free, unknown parts are kept. The namespace may be missing,
// spelled with https, in other letter case or with white space in it; that is reported.
package netcfg
