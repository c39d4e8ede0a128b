-- One reader of sixty-four, who between them ask some 2,000 times a second.
function delay()
  return math.random(24, 38)
end
