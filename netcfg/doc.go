// Package netcfg reads and prints the classic network configuration: the NetworkConfiguration
// document that holds the DNS servers, local network sites and virtual networks of one subscription.
// It also reads what the classic service and its cmdlets answered about these networks.
//
// [Read] gives a document as written, and [Parse] the network configuration in it. Every element,
// attribute and text that is not white space is one leaf with a [diag.Ref], and so is every value of a
// JSON document. It stands in exactly one place of the [File]: in a field of its own, in Structure, or
// in Unknown. Nothing is resolved or corrected here; what the values mean is asked of package estate.
//
// # How a document is read
//
// One scan over the bytes comes first. It takes the position of every leaf, enforces the bounds
// below, refuses DTDs, and mends broken markup so that one run reports every problem of a file.
// Only then is a tree built, from the same bytes or from the mended ones, by xmlquery or, where the text
// is plain, as xmlquery would (tree.go); the n-th start tag of the scan is the n-th element of the tree. A walk over the tree fills the File and reports
// what the schema does not allow. A document with broken markup is walked, too, but gives no File.
//
// # What the service answered
//
// [Read] takes an answer of the service in XML, a record from URL to answer in JSON, and what the
// cmdlets printed as lists. All three give a [Document] of [Response] trees in the service's own
// element names. [PlaceOf] tells from a URL, or from the path of a file that repeats one, what an
// answer is about; of the cmdlets' output the command above it does. [Known] says of each element
// what it means, and why it is left behind where it is. A shared key becomes a [Secret].
//
// XML in a string of JSON is scanned like a file of its own, and each of its places is brought back
// to the bytes of the JSON file that it was written as.
//
// # What is accepted
//
// The schema is the published one of 2013 with the later Location attribute and the earlier Label
// element. Names are opaque, order is free, unknown parts are kept. The namespace may be missing,
// spelled with https, in other letter case or with white space in it; that is reported.
//
// A document may be in UTF-8 or UTF-16, with byte order marks or without. Lines and columns start at 1,
// and columns count bytes of the text as UTF-8, in whatever encoding it came.
//
// The JSON that the old command line exported becomes the same tree, in both of its generations, and
// is judged by the same rules. In a script, a page in Markdown or any other text the only network
// configuration is read where it stands; the text around it is blanked out, so places stay those of
// the file, and has no leaf.
package netcfg
