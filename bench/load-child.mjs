// One fresh process: from `import` to the first trajectory of the kind that argv names; prints milliseconds.
const start = performance.now();
const [, , entry, kind] = process.argv;
const library = await import(entry);
const problem = { inputDimension: 1000, studentWidth: 4, teacherWidth: 2 };
if (kind === "integrate") await library.integrate(problem, { until: 10 });
if (kind === "simulate") await library.simulate(problem, { until: 1 });
process.stdout.write(`${performance.now() - start}`);
