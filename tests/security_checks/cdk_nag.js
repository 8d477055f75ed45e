// Has cdk-nag (AwsSolutions) look at each template of a folder, and writes its reports: node cdk_nag.js TEMPLATES REPORTS
const { App, Aspects, Stack } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const { AwsSolutionsChecks } = require("cdk-nag");
const fs = require("fs");
const path = require("path");

const [templates, reports] = process.argv.slice(2);
const app = new App({ outdir: reports });
for (const file of fs.readdirSync(templates).filter((name) => name.endsWith(".json") && name !== "manifest.json")) {
  const stack = new Stack(app, path.basename(file, ".json"));
  new CfnInclude(stack, "T", { templateFile: path.join(templates, file) });
}
Aspects.of(app).add(new AwsSolutionsChecks({ reports: true }));
app.synth();
