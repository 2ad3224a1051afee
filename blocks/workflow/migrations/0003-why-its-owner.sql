-- Says why the keeping of months runs with its owner's rights.

comment on function workflow.keep_history_months(date, integer) is
  'platform: only the owner may make partitions; it takes no name from its caller, and between 1 and 60 months';
