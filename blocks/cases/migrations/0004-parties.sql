-- Parties of a case besides the applicant: they are asked under their own id, and see only what concerns them.

alter table cases.request
  -- Which party of the case is asked; null: the applicant.
  add column party text,
  -- What it sees of the case, sealed for it.
  add column facts bytea;
