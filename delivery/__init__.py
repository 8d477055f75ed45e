"""Acts on `build/` through the AWS API: plans, deploys, watches, removes. It never knows which AWS answers.

Plans are data. Computing a plan (``plan``, ``change_sets``), drawing it (``plan_table``) and executing that same object
(``execute``) are three modules, so that what was shown is what is done. ``aws`` is the one door to the API.
"""
