// Reads TraceQL as lines of JSON and answers each with a line: the attributes that Tempo's own parser finds.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"

	"github.com/grafana/tempo/pkg/traceql"
)

type question struct {
	Expression string `json:"expression"`
}

type answer struct {
	Error  string   `json:"error,omitempty"`
	Labels []string `json:"labels"`
}

var attribute = regexp.MustCompile(`\b(?:span|resource)\.([A-Za-z_][\w.]*)`)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked question
		found := answer{Labels: []string{}}
		err := json.Unmarshal(lines.Bytes(), &asked)
		if err == nil {
			var parsed *traceql.RootExpr
			if parsed, err = traceql.Parse(asked.Expression); err == nil {
				for _, match := range attribute.FindAllStringSubmatch(parsed.String(), -1) {
					found.Labels = append(found.Labels, match[1])
				}
			}
		}
		if err != nil {
			found.Error = err.Error()
		}
		line, _ := json.Marshal(found)
		fmt.Println(string(line))
	}
}
