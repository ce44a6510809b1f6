-- Two accounts for the production store.
--
--   reconciliation_owner   owns the tables: migrates them when a new version is installed, and forgets
--                          families whose records are past their years. Used by a person, seldom.
--   reconciliation_night   runs nights, reruns, decisions and acknowledgements. It adds; it cannot
--                          rewrite or remove records, loads or the audit trail, nor switch off the
--                          triggers that refuse the same, since it does not own the tables.
--
-- Run as a superuser, connected to the council's database, after the owner has opened the store once
-- (any command does, with --database naming the owner's account). Passwords are set apart from this
-- script, or better, by certificate or by a service's own identity.

GRANT USAGE ON SCHEMA public TO reconciliation_night;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reconciliation_night;

-- What is only ever added.
GRANT INSERT ON
    families, entitlements, suspensions, transactions, plans, assessments, reviews, vacancies, cases,
    promises, acknowledgements, decisions, loads, files, exceptions, positions, standings, audit
TO reconciliation_night;

-- What has an end that is written later: a run's, a quarantined row's, the audit trail's.
GRANT INSERT, UPDATE ON runs, quarantine TO reconciliation_night;
GRANT UPDATE ON audit_head TO reconciliation_night;

-- What a night run again says anew: the nights on which exceptions were seen, and the notes for reruns.
GRANT INSERT, DELETE ON sightings, neighbours TO reconciliation_night;

-- An auditor reads everything and writes nothing.
--   GRANT USAGE ON SCHEMA public TO an_auditor;
--   GRANT SELECT ON ALL TABLES IN SCHEMA public TO an_auditor;
