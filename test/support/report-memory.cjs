// Loaded into a server under test with --expose-gc: a message collects and reports what is left.
process.on('message', () => {
  globalThis.gc();
  process.send({ rssBytes: process.memoryUsage.rss() });
});
process.channel.unref();
