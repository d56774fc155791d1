-- One row per slip of powers: two neighbours of a series that are 10, 1,000 or 10,000 times apart.
-- needs: neighbours
--
-- `from slips(1.5)`: by the day one is `factor` times the other, to within a half: a lost decimal point,
-- thousands for units, 万 for units. The way back from a value that stands out is not another slip.
-- noqa: disable=all
create or replace macro slips(tolerance) as table
with powered as (
    select
        *,
        unnest([10, 1000, 10000]) as factor
    from neighbours
),
final as (
    select *
    from powered
    where abs(abs(step) - log10(factor)) <= log10(tolerance) and not is_return
)
select * from final;
comment on macro table slips is 'Neighbours of a series that are 10, 1,000 or 10,000 times apart: a lost point, thousands or 万.';
