-- uses: step
return { 0, '' }
