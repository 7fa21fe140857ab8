// Package azure holds dated facts about the platform: regions, limits, gateway SKUs, special
// subnets and address ranges, and the rules for names. It decides nothing; each fact names its
// source in docs/sources.md.
package azure
