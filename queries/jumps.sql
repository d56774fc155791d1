-- One row per implausible jump: two neighbours of a series that differ by more than so many times.
-- needs: neighbours
--
-- `from jumps(5)`: whatever the wordings leave open, one is five times the other by the day. The way
-- back from a value that stands out is not another jump.
-- noqa: disable=all
create or replace macro jumps(least) as table
with final as (
    select *
    from neighbours
    where at_least >= least and not is_return
)
select * from final;
comment on macro table jumps is 'Neighbours of a series that differ by at least so many times, whatever their wordings leave open.';
