package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// versionText is the answer to --version: the version, and where the binary comes from.
func versionText() string {
	return fmt.Sprintf("%s\n%s %s/%s\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// buildVersion names this build: the module's version, the commit it was built from, and whether
// the tree had changes that are in no commit.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return program + " (unknown build)"
	}
	return describe(info)
}

// moduleVersion is the version of this build alone: v1.2.3, or "development".
func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return development
	}
	return versionOf(info)
}

const development = "development"

func versionOf(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return development
}

func describe(info *debug.BuildInfo) string {
	parts := []string{program, versionOf(info)}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := cmp.Or(settings["vcs.revision"], "unknown") // a build outside of a checkout has none
	parts = append(parts, "commit", commit[:min(12, len(commit))])
	if settings["vcs.modified"] == "true" {
		parts = append(parts, "with uncommitted changes")
	}
	return strings.Join(parts, " ")
}
