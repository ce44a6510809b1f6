-- What a careful analyst would write: pence as integers, periods by generate_series, FIFO as the overlap of running
-- sums. It knows one schedule, no suspensions, no named or regular matching and no further rules.

-- step: read
create table families as
    select family_id, payee_reference, closed_on from read_csv('{landing}/families.csv', nullstr = '',
        types = {'closed_on': 'DATE', 'payee_reference': 'VARCHAR'});
create table entitlements as
    select family_id, entitlement_id, (amount * 100)::bigint as amount, (weekly_contribution * 100)::bigint as contribution,
        effective_from, effective_to
    from read_csv('{landing}/entitlements.csv', nullstr = '', types = {'amount': 'DECIMAL(12,2)',
        'weekly_contribution': 'DECIMAL(12,2)', 'effective_from': 'DATE', 'effective_to': 'DATE'})
    where status = 'active' and kind = 'weekly';
create table transactions as
    select transaction_id, family_id as named, payee_reference, posted_on, (amount * 100)::bigint as amount, kind,
        reverses, narrative
    from read_csv('{landing}/transactions.csv', nullstr = '', types = {'amount': 'DECIMAL(12,2)', 'posted_on': 'DATE',
        'period_start': 'DATE', 'promise_id': 'VARCHAR', 'payee_reference': 'VARCHAR', 'reverses': 'VARCHAR'})
    where posted_on <= (select as_of from position);

-- step: dues
create table days as
    with every as (select unnest(generate_series(date '2014-01-01', date '2028-12-31', interval 1 day))::date as day),
    marked as (
        select day, isodow(day) < 6 and day not in (from bank_holidays) as works from every
    )
    select day, max(case when works then day end) over (order by day) as previous from marked;
create table dues as
    with lines as (
        select e.*, least(coalesce(effective_to, date '9999-01-01'), coalesce(closed_on, date '9999-01-01'),
            as_of + 24) as last_on
        from entitlements e join families using (family_id), position
    ),
    numbered as (
        select *, unnest(generate_series((effective_from - date '2015-04-06') // 28, (last_on - date '2015-04-06') // 28)) as n
        from lines
    ),
    periods as (
        select family_id, entitlement_id, amount, contribution, date '2015-04-06' + (n * 28)::int as period_start,
            greatest(effective_from, date '2015-04-06' + (n * 28)::int) as first_on,
            least(last_on, date '2015-04-06' + (n * 28 + 27)::int) as until
        from numbered
    ),
    priced as (
        select family_id, entitlement_id, period_start, previous as due_on,
            (amount * (until - first_on + 1) * 2 + 7) // 14 - (contribution * (until - first_on + 1) * 2 + 7) // 14 as due
        from periods join days on day = first_on
    )
    select priced.*, due_on > as_of as upcoming from priced, position where due > 0 and due_on <= as_of + 10;

-- step: identify
create table money as
    with by_reference as (
        select payee_reference, any_value(family_id) as family_id from families where payee_reference is not null
        group by payee_reference having count(*) = 1
    ),
    found as (
        select t.*, coalesce(k.family_id, r.family_id) as family_id
        from transactions t left join families k on k.family_id = t.named
            left join by_reference r on r.payee_reference = t.payee_reference
    )
    select f.* exclude family_id, coalesce(f.family_id, n.family_id) as family_id
    from found f left join families n
        on f.family_id is null and n.family_id = regexp_extract(f.narrative, 'F[0-9]+');

-- step: fifo
create table payments as
    with undone as (
        select reverses as transaction_id, sum(-amount) as taken from money where kind in ('return', 'reversal') group by 1
    ),
    kept as (
        select family_id, transaction_id, posted_on, amount - coalesce(taken, 0) as amount
        from money left join undone using (transaction_id) where kind = 'payment' and family_id is not null
    ),
    recovered as (select family_id, sum(-amount) as back from money where kind = 'recovery' group by 1),
    summed as (
        select kept.*, sum(amount) over (partition by family_id order by posted_on, transaction_id) as high,
            sum(amount) over (partition by family_id) - coalesce(back, 0) as ceiling
        from kept left join recovered using (family_id) where amount > 0
    )
    select family_id, posted_on, (high - amount)::bigint as low, least(high, ceiling)::bigint as high
    from summed where high - amount < ceiling;
create table owed as
    select family_id, due_on, upcoming, (high - due)::bigint as low, high::bigint as high from (
        select *, sum(due) over (partition by family_id order by due_on, entitlement_id, period_start) as high from dues
    );
create table parts as
    select o.family_id, least(o.high, p.high) - greatest(o.low, p.low) as part, due_on, upcoming, posted_on
    from owed o join payments p on o.family_id = p.family_id and p.high > o.low and p.low < o.high
    union all
    select o.family_id, o.high - greatest(o.low, coalesce(paid, 0)), due_on, upcoming, null
    from owed o left join (select family_id, max(high) as paid from payments group by 1) using (family_id)
    where o.high > coalesce(paid, 0);

-- step: interest
create table rates as
    select from_on, rate, coalesce(sum(rate_before * lasted) over (order by from_on), 0) as earlier from (
        select *, lag(rate) over (order by from_on) as rate_before, from_on - lag(from_on) over (order by from_on) as lasted
        from bank_rate
    );
create table interest as
    with late as (
        select family_id, part, due_on, coalesce(posted_on, as_of) as paid_on from parts, position
        where not upcoming and coalesce(posted_on, as_of) > due_on
        union all
        select family_id, part, due_on, posted_on from parts where upcoming and posted_on > due_on
    ),
    rated as (
        select late.*, d.earlier + d.rate * (due_on - d.from_on + 1) as before, p.earlier + p.rate * (paid_on - p.from_on + 1) as after
        from late asof join rates d on late.due_on >= d.from_on asof join rates p on late.paid_on >= p.from_on
    )
    select family_id, (sum(part * (paid_on - due_on)) * 16 + 36500)::hugeint // 73000 as county_court,
        round(sum(part * (after - before)) / 36500)::bigint as bank_rate
    from rated group by family_id;

-- step: balances
create table balances as
    with owing as (
        select family_id, sum(part) filter (not upcoming and posted_on is null) as arrears,
            min(due_on) filter (not upcoming and posted_on is null) as oldest_unpaid_on,
            sum(part) filter (posted_on is not null) as used
        from parts group by family_id
    ),
    paid as (select family_id, sum(high - low) as paid from payments group by family_id)
    select family_id, coalesce(arrears, 0)::bigint as arrears_pence, oldest_unpaid_on,
        (coalesce(paid, 0) - coalesce(used, 0))::bigint as overpaid_pence,
        coalesce(county_court, 0)::bigint as interest_pence, coalesce(bank_rate, 0)::bigint as bank_rate_pence
    from families left join owing using (family_id) left join paid using (family_id) left join interest using (family_id)
    order by family_id;
