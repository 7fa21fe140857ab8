package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/report"
)

var graphCommand = command{
	name: "graph", args: "FILE|DIR…", title: "a picture of the network",
	about: `Draws the VNets with their address spaces and gateways, the networks outside, and what joins them:
tunnels, peerings, ExpressRoute connections and connected groups. What is not certain, one-sided or
not up looks different. An arrow of a peering leads to the VNet whose gateway is used.

  svg      for a browser; the words of a box or line that has no room for them are in its title
  dot      for Graphviz
  mermaid  for Markdown pages that draw it
  drawio   for diagrams.net, where boxes can be moved`,
	options: []option{
		{name: "format", choices: []string{string(report.SVG), string(report.DOT), string(report.Mermaid), string(report.DrawIO)}, title: "how it is drawn"},
		{name: "form", choices: []string{formClassic, formARM}, title: "the network as the files say, or as convert makes it"},
		configOption, maxSizeOption, dateOption, failOn,
	},
	run: (*session).graph,
}

func (s *session) graph(c *cli.Context) (int, error) {
	in, err := s.load(c)
	if err != nil {
		return exitNot, err
	}
	if in.broken {
		found := s.settle(in, append(in.found, lint(in.sources, false, in.answers())...), reachLooksFor)
		return exitNot, s.refuse(in, found, "drawn")
	}
	s.progress.now("drawing %d files", in.count)
	_, e, found := in.formed(c.String("form"))
	found = s.settle(in, found, reachLooksFor)
	product, err := render(func(w io.Writer) error { return report.NewGraph(e).Write(w, report.Format(c.String("format"))) })
	return s.hand(product, found, err)
}
