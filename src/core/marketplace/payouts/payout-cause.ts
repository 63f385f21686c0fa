/** Why money is taken back from sellers or paid to them again; `id` is ours. */
export interface PayoutCause {
  kind: 'refund' | 'dispute';
  id: string;
}
