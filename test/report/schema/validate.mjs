// Holds SARIF files to the published schema.
//
//   node validate.mjs NODE_MODULES FILE...
//
// NODE_MODULES is where ./dev test has put the packages of package.json.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(join(modules, "here.js"));
const Ajv = require("ajv/dist/2020.js").default;
const addFormats = require("ajv-formats").default;

const schema = join(modules, "@microsoft/sarif-multitool-ts/assets/sarif-2.1.0.schema.json");
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));

for (const file of files) {
  if (validate(JSON.parse(readFileSync(file, "utf8")))) continue;
  for (const error of validate.errors) console.error(`${file}${error.instancePath}: ${error.message}`);
  process.exitCode = 1;
}
