-- One reader of many: asks again a few milliseconds after each answer.
function delay()
  return math.random(4, 12)
end
