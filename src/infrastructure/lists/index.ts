export { Conditions } from './conditions.js';
export { ListReader, type ListPart, type ListQuery } from './list-reader.js';
export { ListsModule } from './lists.module.js';
export { PeriodQueryDto } from './period-query.dto.js';
