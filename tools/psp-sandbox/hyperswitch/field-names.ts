/** Names of the fields that Hyperswitch takes; it refuses any other (`IR_06`). */

export const PAYMENT_FIELDS: ReadonlySet<string> = new Set(
  (
    'all_keys_required allowed_payment_method_types amount amount_to_capture authentication_type ' +
    'billing billing_descriptor browser_info business_country business_label capture_method confirm ' +
    'connector connector_metadata ctp_service_details currency customer customer_acceptance ' +
    'customer_id description discount_amount duty_amount enable_overcapture ' +
    'enable_partial_authorization external_surcharge_strategy force_3ds_challenge frm_metadata ' +
    'installment_data installment_options is_iframe_redirection_enabled is_stored_credential ' +
    'mandate_data mandate_id merchant_connector_details merchant_order_reference_id metadata ' +
    'mit_category off_session order_date order_details order_tax_amount ' +
    'partner_merchant_identifier_details payment_channel payment_experience payment_id payment_link ' +
    'payment_link_config payment_link_config_id payment_method payment_method_data ' +
    'payment_method_type payment_token payment_type profile_acquirer_id profile_id ' +
    'psd2_sca_exemption_type recurring_details request_extended_authorization ' +
    'request_external_three_ds_authentication request_incremental_authorization return_url routing ' +
    'session_expiry setup_future_usage shipping shipping_amount_tax shipping_cost ' +
    'skip_external_tax_calculation split_payments statement_descriptor_name ' +
    'statement_descriptor_suffix surcharge_details tax_status three_ds_data threeds_method_comp_ind ' +
    'tokenization'
  ).split(' '),
);

export const CONFIRM_FIELDS: ReadonlySet<string> = new Set(
  (
    'all_keys_required allowed_payment_method_types amount amount_to_capture authentication_type ' +
    'billing billing_descriptor browser_info capture_method client_secret confirm connector ' +
    'connector_metadata ctp_service_details currency customer customer_acceptance customer_id ' +
    'description discount_amount duty_amount enable_partial_authorization ' +
    'external_surcharge_strategy force_3ds_challenge frm_metadata installment_data ' +
    'installment_options is_iframe_redirection_enabled is_stored_credential mandate_data mandate_id ' +
    'merchant_connector_details merchant_order_reference_id metadata mit_category off_session ' +
    'order_date order_details order_tax_amount partner_merchant_identifier_details payment_channel ' +
    'payment_experience payment_id payment_link payment_link_config payment_link_config_id ' +
    'payment_method payment_method_data payment_method_type payment_token payment_type ' +
    'profile_acquirer_id psd2_sca_exemption_type recurring_details request_extended_authorization ' +
    'request_external_three_ds_authentication request_incremental_authorization retry_action ' +
    'return_url routing session_expiry setup_future_usage shipping shipping_amount_tax shipping_cost ' +
    'skip_external_tax_calculation split_payments statement_descriptor_name ' +
    'statement_descriptor_suffix tax_status three_ds_data threeds_method_comp_ind tokenization'
  ).split(' '),
);

export const CANCEL_FIELDS: ReadonlySet<string> = new Set(
  'all_keys_required cancellation_reason merchant_connector_details'.split(' '),
);

export const REFUND_FIELDS: ReadonlySet<string> = new Set(
  (
    'all_keys_required amount merchant_connector_details merchant_id metadata payment_id reason ' +
    'refund_id refund_type split_refunds'
  ).split(' '),
);
