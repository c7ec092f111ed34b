// Reads queries and configurations as lines of JSON and answers each with a line: the names that Prometheus' and Alloy's
// own parsers find.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/grafana/alloy/syntax/ast"
	alloy "github.com/grafana/alloy/syntax/parser"
	"github.com/prometheus/prometheus/promql/parser"
)

// A question: Language is promql or alloy.
type question struct {
	Language   string `json:"language"`
	Expression string `json:"expression"`
}

type answer struct {
	Error   string   `json:"error,omitempty"`
	Metrics []string `json:"metrics"`
	Labels  []string `json:"labels"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var asked question
		found := answer{Metrics: []string{}, Labels: []string{}}
		err := json.Unmarshal(lines.Bytes(), &asked)
		if err == nil {
			err = found.to(asked)
		}
		if err != nil {
			found.Error = err.Error()
		}
		line, _ := json.Marshal(found)
		fmt.Println(string(line))
	}
}

func (found *answer) to(asked question) error {
	switch asked.Language {
	case "promql":
		return found.promql(asked.Expression)
	case "alloy":
		return found.alloy(asked.Expression)
	}
	return fmt.Errorf("no such language: %q", asked.Language)
}

func (found *answer) promql(expression string) error {
	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expression)
	if err != nil {
		return err
	}
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		switch node := node.(type) {
		case *parser.VectorSelector:
			for _, matcher := range node.LabelMatchers {
				if matcher.Name == "__name__" {
					found.Metrics = append(found.Metrics, matcher.Value)
				} else {
					found.Labels = append(found.Labels, matcher.Name)
				}
			}
		case *parser.AggregateExpr:
			found.Labels = append(found.Labels, node.Grouping...)
		case *parser.BinaryExpr:
			if node.VectorMatching != nil {
				found.Labels = append(found.Labels, node.VectorMatching.MatchingLabels...)
				found.Labels = append(found.Labels, node.VectorMatching.Include...)
			}
		}
		return nil
	})
	return nil
}

func (found *answer) alloy(configuration string) error {
	file, err := alloy.ParseFile("local.alloy", []byte(configuration))
	if err != nil {
		return err
	}
	for _, statement := range file.Body {
		if block, ok := statement.(*ast.BlockStmt); ok {
			found.Labels = append(found.Labels, strings.Join(block.Name, "."))
		}
	}
	return nil
}
