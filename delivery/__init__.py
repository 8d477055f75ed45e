"""Acts on `build/` through the AWS API: plans, deploys, releases, watches, removes. It never knows which AWS answers.

Plans are data. Computing a plan (``deploy/plan_builder``), drawing it (``output/plan_table``) and executing that same
object (``deploy/executor``) are three modules, so that what was shown is what is done. ``aws/`` is the way to the API.
"""
