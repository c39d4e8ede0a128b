// Says as JSON how Lighthouse scores addresses, and which audits cost points: port of the browser's
// debugger, categories (with commas), then the addresses.
import { join } from "node:path";

const { default: lighthouse } = await import(join(process.env.INSPECTORS, "node_modules/lighthouse/core/index.js"));
const [port, categories, ...urls] = process.argv.slice(2);

const told = [];
const onlyCategories = categories.split(",");
const asked = { port: Number(port), onlyCategories, disableFullPageScreenshot: true, logLevel: "error" };

// Where the browser was too busy to trace a page, Lighthouse says so and asks to be run again.
async function looked(url, tries = 3) {
  const { lhr } = await lighthouse(url, asked);
  if (!lhr.runtimeError) return lhr;
  if (tries > 1) return looked(url, tries - 1);
  throw new Error(`${url}: ${lhr.runtimeError.message}`);
}

for (const url of urls) {
  const lhr = await looked(url);
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
