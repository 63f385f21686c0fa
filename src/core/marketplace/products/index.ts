export { LicenseTermsDto } from './dto/license-terms.dto.js';
export { ExclusiveSales, type SoldItem } from './exclusive-sales.service.js';
export { type LicenseTerms, termsOfProduct } from './license-terms.js';
export { ProductEntity } from './product.entity.js';
export { ProductOffers } from './product-offers.service.js';
export {
  LICENSE_TYPES,
  MAX_PRICE_MINOR,
  PRODUCT_TYPES,
  type LicenseType,
  type Product,
  type ProductType,
} from './product.types.js';
export { ProductsModule } from './products.module.js';
