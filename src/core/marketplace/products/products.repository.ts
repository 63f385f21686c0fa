import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database, toSafeInteger } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader, type ListQuery } from '../../../infrastructure/lists/index.js';
import { ProductEntity } from './product.entity.js';
import type { Product, ProductContent, ProductQuery } from './product.types.js';

type ProductRow = Omit<Product, 'priceMinor' | 'suggestedPriceMinor'> & {
  priceMinor: string;
  suggestedPriceMinor: string | null;
};

const SELECT = `
  SELECT p.id, p.seller_id AS "sellerId", p.title, p.description, p.product_type AS "productType",
         p.price AS "priceMinor", p.pricing, p.suggested_price AS "suggestedPriceMinor", p.currency,
         p.license_type AS "licenseType", p.status,
         ARRAY(SELECT t.track_id FROM product_tracks t WHERE t.product_id = p.id ORDER BY t.position) AS "trackIds",
         p.created_at AS "createdAt", p.updated_at AS "updatedAt"
    FROM products p`;

/** The sort columns that callers may name; nothing else ever reaches ORDER BY. */
const SORTS = {
  created_at: {
    column: 'p.created_at',
    type: 'timestamptz',
    at: (row: ProductRow) => row.createdAt.toISOString(),
  },
  price: { column: 'p.price', type: 'bigint', at: (row: ProductRow) => Number(row.priceMinor) },
  title: { column: 'p.title', type: 'text', at: (row: ProductRow) => row.title },
} as const;

/** Rows of products and of the tracks in them. */
@Injectable()
export class ProductsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async insert(product: Product): Promise<void> {
    const { trackIds, ...row } = product;
    await this.db.repository(ProductEntity).insert(row);
    await this.insertTracks(product.id, trackIds);
  }

  async update(id: string, { trackIds, ...content }: ProductContent, updatedAt: Date): Promise<void> {
    await this.db.repository(ProductEntity).update({ id }, { ...content, updatedAt });
    await this.db.query('DELETE FROM product_tracks WHERE product_id = $1', [id]);
    await this.insertTracks(id, trackIds);
  }

  async findById(id: string): Promise<Product | null> {
    const [product] = await this.findByIds([id]);
    return product ?? null;
  }

  /** The product, locked against other changes until the caller's transaction ends; orders may refer to it. */
  async findForUpdate(id: string): Promise<Product | null> {
    await this.db.query('SELECT 1 FROM products WHERE id = $1 FOR NO KEY UPDATE', [id]);
    return this.findById(id);
  }

  /** Those of the products that exist, in no order. */
  async findByIds(ids: readonly string[]): Promise<Product[]> {
    const rows = await this.db.query<ProductRow>(`${SELECT} WHERE p.id = ANY ($1::uuid[])`, [ids]);
    return rows.map(productOf);
  }

  async list(query: ProductQuery): Promise<Paginated<Product>> {
    return (await this.lists.read<ProductRow>(listQueryOf(query), query)).map(productOf);
  }

  private async insertTracks(productId: string, trackIds: readonly string[]): Promise<void> {
    await this.db.query(
      `INSERT INTO product_tracks (product_id, track_id, position)
       SELECT $1, line.track_id, line.position FROM unnest($2::uuid[]) WITH ORDINALITY AS line (track_id, position)`,
      [productId, trackIds],
    );
  }
}

const productOf = (row: ProductRow): Product => ({
  ...row,
  priceMinor: toSafeInteger(row.priceMinor),
  suggestedPriceMinor: row.suggestedPriceMinor === null ? null : toSafeInteger(row.suggestedPriceMinor),
});

function listQueryOf(query: ProductQuery): ListQuery<ProductRow> {
  const descending = query.sort.startsWith('-');
  const sort = SORTS[query.sort.replace('-', '') as keyof typeof SORTS];
  return {
    scope: `products:${query.sort}`,
    select: SELECT,
    conditions: new Conditions()
      .addIf(query.status, 'p.status = ?')
      .addIf(query.sellerId, 'p.seller_id = ?')
      .addIf(
        query.trackId,
        'EXISTS (SELECT 1 FROM product_tracks t WHERE t.product_id = p.id AND t.track_id = ?)',
      )
      .addIf(query.productType, 'p.product_type = ?')
      .addIf(query.licenseType, 'p.license_type = ?')
      .addIf(query.currency, 'p.currency = ?')
      .addIf(query.minPriceMinor, 'p.price >= ?')
      .addIf(query.maxPriceMinor, 'p.price <= ?')
      .addIf(query.text === undefined ? undefined : containing(query.text), 'p.title ILIKE ?'),
    sort: { column: sort.column, type: sort.type, descending, idColumn: 'p.id' },
    positionOf: (row) => [sort.at(row), row.id],
  };
}

/** A pattern for the text as it is: its own wildcards mean nothing. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
