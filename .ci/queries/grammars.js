#!/usr/bin/env node
// Reads LogQL and TraceQL as lines of JSON and answers each with a line: the labels or attributes that Grafana's own
// grammars find, the fields that are selected, or where a query is none.
import { createInterface } from "node:readline";
import { parser as logql } from "@grafana/lezer-logql";
import { parser as traceql } from "@grafana/lezer-traceql";

const parsers = { logql, traceql };

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answer(JSON.parse(line))));
}

function answer({ language, expression }) {
  const found = { labels: [], selected: [] };
  parsers[language].parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError) {
        found.error ??= `not ${language} at ${node.from}: ${text}`;
      } else if (node.name === "Identifier") {
        found.labels.push(text);
      } else if (node.name === "FieldExpression" && node.node.parent?.name === "SelectArgs") {
        found.selected.push(text);
      }
    },
  });
  return found;
}
