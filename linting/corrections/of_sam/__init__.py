"""What the engines get wrong about templates of SAM, the Serverless Application Model."""
