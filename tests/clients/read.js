// Reads the public API with the npm package statuspage.js, as it is; prints what it made of it.
const { Statuspage } = require("statuspage.js");

const page = new Statuspage("linden");
page.axios.defaults.baseURL = `${process.argv[2]}/api/v2`;

const calls = [
  "summary",
  "status",
  "components",
  "allIncidents",
  "unresolvedIncidents",
  "allScheduledMaintenances",
  "activeScheduledMaintenances",
  "upcomingScheduledMaintenances",
];

(async () => {
  const told = {};
  for (const call of calls) told[call] = await page[call]();
  const times = [
    told.summary.page.updated_at,
    ...told.components.components.map((one) => one.created_at),
    ...told.allIncidents.incidents.flatMap((one) => [one.created_at, one.started_at]),
  ];
  told.areTimes = times.every((time) => time instanceof Date && !Number.isNaN(time.getTime()));
  // As another reader does it: a child whose group is missing would throw.
  const tree = told.components.components.filter((one) => !one.group_id).map((one) => ({ ...one, children: [] }));
  for (const one of told.components.components) {
    if (one.group_id) tree.find((above) => above.id === one.group_id).children.push(one);
  }
  told.children = tree.map((one) => one.children.length);
  console.log(JSON.stringify(told));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
