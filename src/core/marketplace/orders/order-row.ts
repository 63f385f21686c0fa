import type { Order, OrderItem } from './orders.types.js';

/** An order with its items as one SQL row; amounts of the order come as text, those of the items as JSON. */
export type OrderRow = Omit<
  Order,
  'totalAmountMinor' | 'refundedAmountMinor' | 'unfulfilledAmountMinor' | 'items'
> & {
  totalAmountMinor: string;
  refundedAmountMinor: string;
  unfulfilledAmountMinor: string | null;
  items: OrderItem[];
};

const ITEMS = `
  (SELECT json_agg(json_build_object(
            'id', i.id, 'productId', i.product_id, 'sellerId', i.seller_id, 'title', i.title,
            'productType', i.product_type, 'licenseType', i.license_type, 'trackIds', i.track_ids,
            'listPriceMinor', i.list_price, 'discountMinor', i.discount,
            'requestedAmountMinor', i.requested_amount,
            'unitPriceMinor', i.unit_price, 'platformFeeMinor', i.platform_fee, 'netAmountMinor', i.net_amount,
            'givenFeeMinor', i.given_fee, 'givenNetMinor', i.given_net)
          ORDER BY i.position)
     FROM order_items i WHERE i.order_id = o.id)`;

/** One statement reads an order and its items. */
export const SELECT_ORDER = `
  SELECT o.id, o.buyer_id AS "buyerId", o.status, o.status_before_refund AS "statusBeforeRefund",
         o.total_amount AS "totalAmountMinor", o.refunded_amount AS "refundedAmountMinor", o.currency,
         o.unfulfilled_amount AS "unfulfilledAmountMinor", o.unfulfilled_currency AS "unfulfilledCurrency",
         o.disputed_at AS "disputedAt",
         o.discount_code AS "discountCode", o.psp_payment_id AS "pspPaymentId", o.payment_status AS "paymentStatus",
         o.payment_updated_at AS "paymentUpdatedAt", o.failure_code AS "failureCode",
         o.refund_deadline AS "refundDeadline", o.completed_at AS "completedAt", o.created_at AS "createdAt",
         ${ITEMS} AS items
    FROM orders o`;
