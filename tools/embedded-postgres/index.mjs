export { startCluster } from './cluster.mjs';
