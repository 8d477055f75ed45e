"""The pipeline engine: runs what ``AWS::CodePipeline::Pipeline`` describes, behind the CodePipeline API."""
