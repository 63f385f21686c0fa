import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { LedgerService } from '../ledger/index.js';
import type { SellerBalanceDto } from './dto/seller-balance.dto.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import {
  TransferListsRepository,
  type TransferQuery,
  type TransferView,
} from './transfer-lists.repository.js';

/** What sellers may read about their own money. */
@Injectable()
export class SellerPayouts {
  constructor(
    private readonly ledger: LedgerService,
    private readonly transfers: SellerTransfersRepository,
    private readonly lists: TransferListsRepository,
  ) {}

  /** Debt is shown beside what is available, never as a negative number (07 7.9.5). Minor units. */
  async balancesOf(sellerId: string): Promise<SellerBalanceDto[]> {
    const balances = await this.ledger.sellerBalances(sellerId);
    const waiting = await this.transfers.waitingByCurrency(sellerId);
    return balances.map(({ currency, payableMinor, inTransitMinor }) => {
      const available = Math.max(0, payableMinor);
      return {
        currency,
        available,
        pending: Math.min(available, waiting.get(currency) ?? 0),
        in_transit: inTransitMinor,
        debt: Math.max(0, -payableMinor),
      };
    });
  }

  async transfersOf(sellerId: string, query: TransferQuery): Promise<Paginated<TransferView>> {
    return this.lists.listOfSeller(sellerId, query);
  }
}
