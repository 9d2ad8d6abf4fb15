// Node's cluster: as many processes as the environment says, all on one socket. The first that ends
// ends the others, so that nothing is measured with fewer.
import cluster from 'node:cluster';
import process from 'node:process';

export function runWorkers(serve) {
  if (!cluster.isPrimary) {
    serve().catch((error) => {
      console.error(error);
      process.exit(1);
    });
    return;
  }
  for (let i = 0; i < Number(process.env.GATE_WORKERS); i++) cluster.fork();
  cluster.on('exit', () => process.exit(1));
}
