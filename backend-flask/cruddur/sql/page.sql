-- One page of a feed. In the place of the comment "feed" goes the statement that finds one row more than a page shows,
-- newest first, or fewer if there are no more; in that of "rows" the view that shows them. A row that is found to continue
-- from, and not to be shown, has is_shown = false. With the page, as a JSON array, comes the place after which the next
-- page begins; NULL on the last page.
WITH found AS MATERIALIZED (
  /* feed */
),
numbered AS MATERIALIZED (
  SELECT
    found.*,
    row_number() OVER (ORDER BY created_at DESC, uuid DESC) AS number,
    count(*) OVER () AS numbers
  FROM found
)
SELECT page.data, last.created_at, last.uuid
FROM (
  SELECT coalesce(json_agg(shown ORDER BY shown.created_at DESC, shown.uuid DESC), '[]')::text AS data
  FROM (
    SELECT /* rows */.*
    FROM numbered
    JOIN /* rows */ USING (uuid)
    WHERE numbered.number <= %(limit)s AND numbered.is_shown
  ) AS shown
) AS page
LEFT JOIN (
  SELECT created_at, uuid
  FROM numbered
  WHERE number <= %(limit)s AND (NOT is_shown OR (number = %(limit)s AND number < numbers))
) AS last ON true
