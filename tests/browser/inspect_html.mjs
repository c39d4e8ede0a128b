// Says as JSON what html-validate holds against HTML; the files, or folders of them, are its words.
// Its preset of the standard's own rules, which holds no opinion on style.
import { createRequire } from "node:module";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(process.env.INSPECTORS + "/package.json");
const { HtmlValidate, StaticConfigLoader } = require("html-validate");

const inspector = new HtmlValidate(new StaticConfigLoader({ root: true, extends: ["html-validate:standard"] }));

function* pages(place) {
  if (!statSync(place).isDirectory()) return yield place;
  for (const name of readdirSync(place)) {
    const path = join(place, name);
    if (statSync(path).isDirectory()) yield* pages(path);
    else if (name.endsWith(".html")) yield path;
  }
}

let seen = 0;
const complaints = [];
for (const path of process.argv.slice(2).flatMap((place) => [...pages(place)])) {
  seen += 1;
  const report = inspector.validateStringSync(readFileSync(path, "utf8"), path);
  for (const { messages } of report.results) {
    for (const one of messages) complaints.push(`${path}:${one.line}:${one.column} ${one.ruleId}: ${one.message}`);
  }
}
console.log(JSON.stringify({ seen, complaints }));
