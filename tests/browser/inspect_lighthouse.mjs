// Says as JSON how Lighthouse scores addresses, and which audits cost points: port of the browser's
// debugger, categories (with commas), then the addresses.
import { join } from "node:path";

const { default: lighthouse } = await import(join(process.env.INSPECTORS, "node_modules/lighthouse/core/index.js"));
const [port, categories, ...urls] = process.argv.slice(2);

const told = [];
const onlyCategories = categories.split(",");
const asked = { port: Number(port), onlyCategories, disableFullPageScreenshot: true, logLevel: "error" };
for (const url of urls) {
  const { lhr } = await lighthouse(url, asked);
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const scores = {};
  const lost = [];
  for (const category of Object.values(lhr.categories)) {
    scores[category.id] = Math.round(100 * category.score);
    for (const { id, weight } of category.auditRefs) {
      const { score, title } = lhr.audits[id];
      if (weight && score !== null && score < 1) lost.push(`${id}: ${title} (${score})`);
    }
  }
  told.push({ url, scores, lost });
}
console.log(JSON.stringify(told));
